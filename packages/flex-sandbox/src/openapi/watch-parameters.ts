/** Watches which parameters the endpoints of a sandbox read. */
import { getProduct, type Params } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';

interface ReadField {
  readonly method: string;
  readonly product: string;
  readonly path: string;
  readonly part: 'queryFields' | 'formFields';
  readonly name: string;
}

/** Calls `listener` for each field of a query or a form that an endpoint reads. */
export function watchParameters({ router }: SandboxState, listener: (field: ReadField) => void): void {
  const { dispatch } = router;
  router.dispatch = (request) => {
    const { method, host, path } = request;
    const product = getProduct(host);
    const watch = (params: Params, part: ReadField['part']): Params =>
      new Proxy(params, {
        get(target, name) {
          if (typeof name === 'string') listener({ method, product, path, part, name });
          return Reflect.get(target, name);
        },
      });
    const query = watch(request.query, 'queryFields');
    return dispatch({ ...request, query, body: watch(request.body, 'formFields') });
  };
}

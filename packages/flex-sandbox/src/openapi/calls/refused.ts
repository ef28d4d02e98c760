/** Requests that Twilio refuses, for every operation: without credentials, and for a resource that does not exist. */
import type { Route } from '../../router.js';
import type { Operation } from '../documents.js';
import type { Recorder } from '../recorder.js';

export interface ServedOperation {
  readonly route: Route;
  readonly operation: Operation;
}

export async function callRefused(recorder: Recorder, served: readonly ServedOperation[]): Promise<void> {
  for (const { route, operation } of served) {
    const { unknownPath } = operation;
    await recorder.refused(route, unknownPath, {
      status: 401,
      cause: 'without credentials',
      asAccount: false,
    });
    if (!route.template.includes(':')) continue;
    await recorder.refused(route, unknownPath, { status: 404, cause: 'for an unknown SID', asAccount: true });
  }
}

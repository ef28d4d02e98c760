/** Bodies of answers, as the calls read them. */

export interface Resource {
  readonly sid: string;
  /** A member that is text. Throws for any other. */
  text(member: string): string;
}

/** `body`: parsed JSON; `undefined` without a body. */
export function toResource(body: unknown): Resource {
  const members = (body ?? {}) as Readonly<Record<string, unknown>>;
  const text = (member: string): string => {
    const value = members[member];
    if (typeof value !== 'string') throw new Error(`Failed to read ${member} of ${JSON.stringify(body)}`);
    return value;
  };
  return {
    get sid() {
      return text('sid');
    },
    text,
  };
}

/** The first element of a list. Throws when there is none. */
export function first(resources: readonly Resource[]): Resource {
  const [resource] = resources;
  if (resource === undefined) throw new Error('Failed to choose a resource: the list is empty.');
  return resource;
}

/** The elements of one page of a list, and the URL of the next page. */
export function readList(body: unknown) {
  const list = body as Readonly<Record<string, readonly unknown[]>> & {
    readonly meta: { readonly key: string; readonly next_page_url: string | null };
  };
  return { elements: (list[list.meta.key] ?? []).map(toResource), nextPageUrl: list.meta.next_page_url };
}

/** Faults that affect a number of cases each, and then no more. */

export interface CountedFault {
  /** How many more cases the fault affects; `null` means all. */
  readonly times: number | null;
}

/** Returns the first fault that matches, as it was before this case, and the faults that are left after it. */
export function consumeFault<Fault extends CountedFault>(
  faults: readonly Fault[],
  matches: (fault: Fault) => boolean,
): { readonly found: Fault | undefined; readonly left: Fault[] } {
  const found = faults.find(matches);
  const left = faults.flatMap((fault) => {
    if (fault !== found || fault.times === null) return [fault];
    return fault.times > 1 ? [{ ...fault, times: fault.times - 1 }] : [];
  });
  return { found, left };
}

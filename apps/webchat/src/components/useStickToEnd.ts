/**
 * Keeps a scrolling list at its end while the reader is there, and leaves it alone while the reader is further up.
 */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** This close to the end (px) counts as being there: browsers round, and a finger is not exact. */
const NEAR_PX = 40;

export interface StickToEnd<Element extends HTMLElement> {
  readonly list: RefObject<Element | null>;
  readonly onScroll: () => void;
  /** Something has come that the reader has not scrolled to. */
  readonly unseen: boolean;
  readonly goToEnd: () => void;
}

/**
 * @param lastKey changes when something is added at the end
 * @param isOwn whether the reader added it: then the list always goes to the end
 */
export function useStickToEnd<Element extends HTMLElement>(
  lastKey: string | undefined,
  isOwn: boolean,
): StickToEnd<Element> {
  const list = useRef<Element>(null);
  const atEnd = useRef(true);
  const seenKey = useRef(lastKey);
  const [unseen, setUnseen] = useState(false);

  const goToEnd = useCallback(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
    atEnd.current = true;
    setUnseen(false);
  }, []);

  // After every change, before the browser paints it. Not only after additions: an edited message may grow.
  useLayoutEffect(() => {
    const added = seenKey.current !== lastKey;
    seenKey.current = lastKey;
    if (atEnd.current || (added && isOwn)) goToEnd();
    else if (added) setUnseen(true);
  });

  // The list itself changes its size too: with the composer, a banner, the keyboard of a phone.
  useEffect(() => {
    const element = list.current;
    if (!element || typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const onScroll = useCallback(() => {
    const element = list.current;
    if (!element) return;
    atEnd.current = element.scrollHeight - element.clientHeight - element.scrollTop <= NEAR_PX;
    if (atEnd.current) setUnseen(false);
  }, []);

  return { list, onScroll, unseen, goToEnd };
}

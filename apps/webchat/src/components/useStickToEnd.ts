/** Keeps a list scrolled to its end, except while the reader has scrolled up. */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** A position that is closer to the end counts as the end: browsers round positions, and touch is not exact. */
const TOLERANCE_PX = 40;

export interface StickToEnd<Element extends HTMLElement> {
  readonly list: RefObject<Element | null>;
  readonly onScroll: () => void;
  /** Whether an item was added that the reader has not scrolled to. */
  readonly hasUnseen: boolean;
  readonly scrollToEnd: () => void;
}

/**
 * @param lastKey the key of the last item, which changes when an item is added
 * @param isOwn whether the reader added the last item; then the list always scrolls to the end
 */
export function useStickToEnd<Element extends HTMLElement>(
  lastKey: string | undefined,
  isOwn: boolean,
): StickToEnd<Element> {
  const list = useRef<Element>(null);
  const isAtEnd = useRef(true);
  const seenKey = useRef(lastKey);
  const [hasUnseen, setHasUnseen] = useState(false);

  const scrollToEnd = useCallback(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
    isAtEnd.current = true;
    setHasUnseen(false);
  }, []);

  // Runs after every render, not only when an item is added: an edited message may grow.
  useLayoutEffect(() => {
    const isAdded = seenKey.current !== lastKey;
    seenKey.current = lastKey;
    if (isAtEnd.current || (isAdded && isOwn)) scrollToEnd();
    else if (isAdded) setHasUnseen(true);
  });

  // The list also changes its size when the composer grows, a banner appears, or a phone opens its keyboard.
  useEffect(() => {
    const element = list.current;
    if (!element || typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const onScroll = useCallback(() => {
    const element = list.current;
    if (!element) return;
    isAtEnd.current = element.scrollHeight - element.clientHeight - element.scrollTop <= TOLERANCE_PX;
    if (isAtEnd.current) setHasUnseen(false);
  }, []);

  return { list, onScroll, hasUnseen, scrollToEnd };
}

/**
 * Focuses an element when it is mounted, unless another element has the focus. The focus is lost when the
 * focused element is unmounted: the form when a chat starts, or the composer when the chat ends.
 */
import { type RefObject, useEffect, useRef } from 'react';

export function useFocusIfLost<Element extends HTMLElement>(): RefObject<Element | null> {
  const element = useRef<Element>(null);
  useEffect(() => {
    if (document.activeElement === null || document.activeElement === document.body) element.current?.focus();
  }, []);
  return element;
}

/**
 * Focuses an element when it is mounted, unless another element has the focus. None has it after the focused
 * element was unmounted: the form that started the chat, or the composer of a chat that ended.
 */
import { type RefObject, useEffect, useRef } from 'react';

export function useFocusIfLost<Element extends HTMLElement>(): RefObject<Element | null> {
  const element = useRef<Element>(null);
  useEffect(() => {
    if (document.activeElement === null || document.activeElement === document.body) element.current?.focus();
  }, []);
  return element;
}

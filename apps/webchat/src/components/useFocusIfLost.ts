/**
 * Focuses an element when it is mounted, if nothing else has the focus. That is the case when the focused element was
 * unmounted: the form that started the chat, or the composer of a chat that ended. A focus elsewhere stays.
 */
import { type RefObject, useEffect, useRef } from 'react';

export function useFocusIfLost<Element extends HTMLElement>(): RefObject<Element | null> {
  const element = useRef<Element>(null);
  useEffect(() => {
    if (document.activeElement === null || document.activeElement === document.body) element.current?.focus();
  }, []);
  return element;
}

/**
 * Takes the keyboard focus when the element appears and nothing else has it: what had it has just gone (the form
 * that started the chat, the composer of a chat that ended). Somebody who is elsewhere on the page stays there.
 */
import { type RefObject, useEffect, useRef } from 'react';

export function useFocusIfLost<Element extends HTMLElement>(): RefObject<Element | null> {
  const element = useRef<Element>(null);
  useEffect(() => {
    if (document.activeElement === null || document.activeElement === document.body) element.current?.focus();
  }, []);
  return element;
}

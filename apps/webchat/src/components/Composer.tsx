/** Where the customer writes. Enter sends, Shift+Enter begins a new line. */
import { type FormEvent, type KeyboardEvent, type ReactElement, useState } from 'react';
import styled from 'styled-components';
import { strings } from '../strings';
import { Footer, PrimaryButton } from './styles';
import { useFocusIfLost } from './useFocusIfLost';

/** A message may have 32 KB; a character takes up to 4 of them. */
const LONGEST_TEXT = 8_000;

/** What is written and not sent yet; outlives the composer, which gives way while the customer is asked something. */
interface Draft {
  current: string;
}

export interface ComposerProps {
  readonly draft: Draft;
  readonly onSend: (body: string) => void;
  readonly onTyping: () => void;
}

export function Composer({ draft, onSend, onTyping }: ComposerProps): ReactElement {
  const [text, setText] = useState(draft.current);
  const field = useFocusIfLost<HTMLTextAreaElement>();
  const empty = text.trim() === '';

  const keep = (written: string) => {
    draft.current = written;
    setText(written);
  };
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    if (empty) return;
    onSend(text.trim());
    keep('');
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter that only takes over what an input method proposes does not send.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <Footer>
      <Form onSubmit={send}>
        <textarea
          ref={field}
          value={text}
          onChange={(event) => {
            keep(event.target.value);
            if (event.target.value !== '') onTyping();
          }}
          onKeyDown={onKeyDown}
          placeholder={strings.write}
          aria-label={strings.write}
          maxLength={LONGEST_TEXT}
          rows={1}
          enterKeyHint="send"
        />
        <PrimaryButton type="submit" disabled={empty} aria-label={strings.send}>
          <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M12 19V5.5M5.5 11.5 12 5l6.5 6.5" />
          </svg>
        </PrimaryButton>
      </Form>
    </Footer>
  );
}

const Form = styled.form`
  display: flex;
  align-items: flex-end;
  gap: 8px;
  textarea {
    flex: 1;
    min-width: 0;
    min-height: 42px;
    max-height: 132px;
    padding: 8px 14px;
    border: 1px solid var(--webchat-field-line);
    border-radius: 21px;
    background: var(--webchat-surface);
    font-size: 16px;
    line-height: 24px;
    resize: none;
    /* Grows with its text where the browser can; elsewhere it scrolls. */
    field-sizing: content;
  }
  textarea::placeholder {
    color: var(--webchat-text-quiet);
    opacity: 1;
  }
  button {
    flex: none;
    width: 42px;
    min-height: 42px;
    padding: 0;
    border-radius: 50%;
  }
  svg {
    width: 20px;
    height: 20px;
    fill: none;
    stroke: currentColor;
    stroke-width: 2.2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
`;

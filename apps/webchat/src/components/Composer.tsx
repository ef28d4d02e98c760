/** The field where the customer writes. Enter sends, Shift+Enter inserts a line break. */
import { type FormEvent, type KeyboardEvent, type ReactElement, useState } from 'react';
import styled from 'styled-components';
import { strings } from '../strings';
import { Footer, PrimaryButton } from './styles';
import { useFocusIfLost } from './useFocusIfLost';

/** In characters. Twilio limits a message to 32 KB, and a character takes up to 4 bytes. */
const MAX_TEXT_LENGTH = 8_000;

/** The unsent text. It is stored outside the composer, which is unmounted while a prompt replaces it. */
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
  const isEmpty = text.trim() === '';

  const updateText = (newText: string) => {
    draft.current = newText;
    setText(newText);
  };
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    if (isEmpty) return;
    onSend(text.trim());
    updateText('');
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes text, Enter accepts its suggestion and must not send.
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
            updateText(event.target.value);
            if (event.target.value !== '') onTyping();
          }}
          onKeyDown={onKeyDown}
          placeholder={strings.writeMessage}
          aria-label={strings.writeMessage}
          maxLength={MAX_TEXT_LENGTH}
          rows={1}
          enterKeyHint="send"
        />
        <PrimaryButton type="submit" disabled={isEmpty} aria-label={strings.send}>
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
    /* The field grows with its text. Browsers without support for this scroll instead. */
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

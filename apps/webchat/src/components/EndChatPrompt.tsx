/** Asks before it ends the chat, in the place of the composer. */
import { type KeyboardEvent, type ReactElement, useEffect, useId, useRef } from 'react';
import styled from 'styled-components';
import { strings } from '../strings';
import { DangerButton, ErrorText, Footer, QuietButton } from './styles';

export interface EndChatPromptProps {
  readonly ending: boolean;
  /** Why the last try did not end the chat. */
  readonly error?: string | undefined;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

export function EndChatPrompt({ ending, error, onConfirm, onCancel }: EndChatPromptProps): ReactElement {
  const id = useId();
  const keep = useRef<HTMLButtonElement>(null);
  // The harmless answer is the one at hand.
  useEffect(() => keep.current?.focus(), []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !ending) onCancel();
  };

  return (
    <Footer>
      <Question aria-labelledby={`${id}question`} onKeyDown={onKeyDown}>
        <p id={`${id}question`}>
          <strong>{strings.endQuestion}</strong> {strings.endConsequence}
        </p>
        {error !== undefined && <ErrorText role="alert">{error}</ErrorText>}
        <div>
          <QuietButton ref={keep} type="button" onClick={onCancel} disabled={ending}>
            {strings.endCancel}
          </QuietButton>
          <DangerButton type="button" onClick={onConfirm} disabled={ending} aria-busy={ending}>
            {ending ? strings.ending : strings.endConfirm}
          </DangerButton>
        </div>
      </Question>
    </Footer>
  );
}

const Question = styled.section`
  display: flex;
  flex-direction: column;
  gap: 10px;
  p {
    margin: 0;
  }
  > div {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  > div > button {
    flex: 1 1 120px;
  }
`;

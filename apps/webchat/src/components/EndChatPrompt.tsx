/** Replaces the composer to ask whether to end the chat. */
import { type KeyboardEvent, type ReactElement, useEffect, useId, useRef } from 'react';
import styled from 'styled-components';
import { strings } from '../strings';
import { DangerButton, ErrorText, Footer, SecondaryButton } from './styles';

export interface EndChatPromptProps {
  readonly isEnding: boolean;
  /** Why the last attempt did not end the chat. */
  readonly error?: string | undefined;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

export function EndChatPrompt({ isEnding, error, onConfirm, onCancel }: EndChatPromptProps): ReactElement {
  const id = useId();
  const cancelButton = useRef<HTMLButtonElement>(null);
  // Focus the harmless answer, so that Enter does not end the chat.
  useEffect(() => cancelButton.current?.focus(), []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !isEnding) onCancel();
  };

  return (
    <Footer>
      <Question aria-labelledby={`${id}question`} onKeyDown={onKeyDown}>
        <p id={`${id}question`}>
          <strong>{strings.endQuestion}</strong> {strings.endConsequence}
        </p>
        {error !== undefined && <ErrorText role="alert">{error}</ErrorText>}
        <div>
          <SecondaryButton ref={cancelButton} type="button" onClick={onCancel} disabled={isEnding}>
            {strings.endCancel}
          </SecondaryButton>
          <DangerButton type="button" onClick={onConfirm} disabled={isEnding} aria-busy={isEnding}>
            {isEnding ? strings.ending : strings.endConfirm}
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

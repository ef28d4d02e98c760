/** What takes the composer's place when there is nobody to write to any more. */
import type { ReactElement } from 'react';
import styled from 'styled-components';
import { strings } from '../strings';
import { Footer, PrimaryButton } from './styles';
import { useFocusIfLost } from './useFocusIfLost';

export interface ChatOverProps {
  readonly reason: 'ended' | 'expired';
  readonly onStartAgain: () => void;
}

export function ChatOver({ reason, onStartAgain }: ChatOverProps): ReactElement {
  const button = useFocusIfLost<HTMLButtonElement>();
  return (
    <Footer>
      <Over>
        <p>{strings[reason]}</p>
        <PrimaryButton ref={button} type="button" onClick={onStartAgain}>
          {strings.startAgain}
        </PrimaryButton>
      </Over>
    </Footer>
  );
}

const Over = styled.div`
  display: flex;
  flex-direction: column;
  gap: 10px;
  p {
    margin: 0;
    color: var(--webchat-text-quiet);
    text-align: center;
  }
`;

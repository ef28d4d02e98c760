/** Says that another participant is typing. It keeps its height without a text, so that the messages do not move. */
import type { ReactElement } from 'react';
import styled, { keyframes } from 'styled-components';
import { strings } from '../strings';

export interface TypingIndicatorProps {
  readonly isTyping: boolean;
  /** The public name of the agent who is typing, if it is known. */
  readonly name: string | undefined;
}

export function TypingIndicator({ isTyping, name }: TypingIndicatorProps): ReactElement {
  return (
    <Line data-typing={isTyping}>
      {isTyping && (
        <>
          <Dots aria-hidden="true">
            <i />
            <i />
            <i />
          </Dots>
          <span>{strings.typing(name)}</span>
        </>
      )}
    </Line>
  );
}

const Line = styled.div`
  flex: none;
  display: flex;
  align-items: center;
  gap: 8px;
  height: 24px;
  padding: 0 18px 4px;
  color: var(--webchat-text-quiet);
  font-size: 12.5px;
  > span:last-child {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
`;

const blink = keyframes`
  0%, 60%, 100% { opacity: 0.25; }
  30% { opacity: 1; }
`;

const Dots = styled.span`
  display: inline-flex;
  flex: none;
  gap: 3px;
  i {
    width: 5px;
    height: 5px;
    border-radius: 50%;
    background: currentColor;
    animation: ${blink} 1.2s infinite;
  }
  i:nth-child(2) {
    animation-delay: 0.15s;
  }
  i:nth-child(3) {
    animation-delay: 0.3s;
  }
`;

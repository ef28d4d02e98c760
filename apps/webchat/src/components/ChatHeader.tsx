/** The header of a chat: its status, the agents in it, and the button that ends it. */
import type { ReactElement } from 'react';
import styled from 'styled-components';
import { strings } from '../strings';
import { SecondaryButton } from './styles';

export interface ChatHeaderProps {
  readonly status: 'connecting' | 'waiting' | 'with-agents' | 'ended';
  readonly agents: readonly string[];
  /** `undefined` hides the button. */
  readonly onEnd?: (() => void) | undefined;
}

export function ChatHeader({ status, agents, onEnd }: ChatHeaderProps): ReactElement {
  return (
    <Header>
      <div>
        <h1>{strings.title}</h1>
        <p>
          <Dot $status={status} aria-hidden="true" />
          <span>{status === 'with-agents' ? strings.status.withAgents(agents) : strings.status[status]}</span>
        </p>
      </div>
      {onEnd && (
        <SecondaryButton type="button" onClick={onEnd}>
          {strings.endChat}
        </SecondaryButton>
      )}
    </Header>
  );
}

const Header = styled.header`
  flex: none;
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 12px;
  min-height: 64px;
  padding: 10px 12px 10px 16px;
  border-bottom: 1px solid var(--webchat-line);
  background: var(--webchat-surface);
  > div {
    min-width: 0;
  }
  h1 {
    margin: 0;
    font-size: 16px;
    font-weight: 650;
    line-height: 1.3;
  }
  p {
    display: flex;
    align-items: baseline;
    gap: 7px;
    margin: 1px 0 0;
    color: var(--webchat-text-quiet);
    font-size: 13px;
    line-height: 1.35;
  }
  /* At most two lines, even for several agents with long names. */
  p > span:last-child {
    display: -webkit-box;
    overflow: hidden;
    overflow-wrap: anywhere;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  button {
    flex: none;
    min-height: 36px;
    padding: 6px 12px;
    font-size: 14px;
  }
`;

const DOT_COLOURS = {
  connecting: 'var(--webchat-field-line)',
  waiting: 'var(--webchat-waiting)',
  'with-agents': 'var(--webchat-present)',
  ended: 'var(--webchat-field-line)',
} as const;

const Dot = styled.span<{ $status: ChatHeaderProps['status'] }>`
  flex: none;
  width: 8px;
  height: 8px;
  border-radius: 50%;
  background: ${({ $status }) => DOT_COLOURS[$status]};
`;

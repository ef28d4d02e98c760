/** Says that the chat is not connected, and offers to reconnect when the SDK has stopped trying. */
import type { ReactElement } from 'react';
import styled from 'styled-components';
import type { ConnectionState } from '../chat/client';
import { strings } from '../strings';
import { TextButton } from './styles';

export interface ConnectionBannerProps {
  readonly connection: ConnectionState;
  readonly onReconnect: () => void;
}

export function ConnectionBanner({ connection, onReconnect }: ConnectionBannerProps): ReactElement {
  const text =
    connection === 'reconnecting' || connection === 'unreachable' ? strings.connection[connection] : '';
  // Always rendered: screen readers announce a new text only in an element that exists already.
  return (
    <div role="status">
      {text !== '' && (
        <Banner>
          {text}
          {connection === 'unreachable' && (
            <TextButton type="button" onClick={onReconnect}>
              {strings.connection.tryAgain}
            </TextButton>
          )}
        </Banner>
      )}
    </div>
  );
}

const Banner = styled.p`
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: center;
  gap: 4px 8px;
  margin: 0;
  padding: 8px 12px;
  background: var(--webchat-warning-background);
  color: var(--webchat-warning-text);
  font-size: 13.5px;
`;

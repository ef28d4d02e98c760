/** Says that the connection is not there, and offers to connect again where that does not happen by itself. */
import type { ReactElement } from 'react';
import styled from 'styled-components';
import type { Connection } from '../chat/client';
import { strings } from '../strings';
import { TextButton } from './styles';

export interface ConnectionBannerProps {
  readonly connection: Connection;
  readonly onReconnect: () => void;
}

export function ConnectionBanner({ connection, onReconnect }: ConnectionBannerProps): ReactElement {
  const text =
    connection === 'reconnecting' || connection === 'unreachable' ? strings.connection[connection] : '';
  // Always there, so that a screen reader notices when it gets a text.
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

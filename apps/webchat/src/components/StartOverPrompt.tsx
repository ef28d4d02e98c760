/** Replaces the composer when the chat has ended or expired: says so, and offers a new chat. */
import type { ReactElement } from 'react';
import styled from 'styled-components';
import { strings } from '../strings';
import { Footer, PrimaryButton } from './styles';
import { useFocusIfLost } from './useFocusIfLost';

export interface StartOverPromptProps {
  readonly reason: 'ended' | 'expired';
  readonly onStartOver: () => void;
}

export function StartOverPrompt({ reason, onStartOver }: StartOverPromptProps): ReactElement {
  const button = useFocusIfLost<HTMLButtonElement>();
  return (
    <Footer>
      <Layout>
        <p>{strings[reason]}</p>
        <PrimaryButton ref={button} type="button" onClick={onStartOver}>
          {strings.startOver}
        </PrimaryButton>
      </Layout>
    </Footer>
  );
}

const Layout = styled.div`
  display: flex;
  flex-direction: column;
  gap: 10px;
  p {
    margin: 0;
    color: var(--webchat-text-quiet);
    text-align: center;
  }
`;

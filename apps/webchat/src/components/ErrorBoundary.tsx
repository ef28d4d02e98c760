/** The edge where a bug of ours stops: it is logged with its cause, and the customer can go on. */
import { Component, type ErrorInfo, type ReactNode } from 'react';
import styled from 'styled-components';
import { strings } from '../strings';
import { QuietButton } from './styles';

export class CrashBoundary extends Component<
  { readonly children: ReactNode },
  { readonly crashed: boolean }
> {
  override state = { crashed: false };

  static getDerivedStateFromError(): { crashed: boolean } {
    return { crashed: true };
  }

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo): void {
    console.error('The webchat crashed:', error, componentStack);
  }

  override render(): ReactNode {
    if (!this.state.crashed) return this.props.children;
    return (
      <Screen role="alert">
        <p>{strings.crashed}</p>
        <QuietButton type="button" onClick={() => window.location.reload()}>
          {strings.reload}
        </QuietButton>
      </Screen>
    );
  }
}

const Screen = styled.div`
  display: flex;
  flex-direction: column;
  align-items: center;
  justify-content: center;
  height: 100%;
  padding: 24px;
`;

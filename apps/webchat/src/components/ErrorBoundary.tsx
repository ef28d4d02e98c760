/** Catches bugs while rendering: logs the error, and lets the customer reload the page. */
import { Component, type ErrorInfo, type ReactNode } from 'react';
import styled from 'styled-components';
import { strings } from '../strings';
import { SecondaryButton } from './styles';

export class ErrorBoundary extends Component<
  { readonly children: ReactNode },
  { readonly hasCrashed: boolean }
> {
  override state = { hasCrashed: false };

  static getDerivedStateFromError(): { hasCrashed: boolean } {
    return { hasCrashed: true };
  }

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo): void {
    console.error('Failed to render the webchat:', error, componentStack);
  }

  override render(): ReactNode {
    if (!this.state.hasCrashed) return this.props.children;
    return (
      <Screen role="alert">
        <p>{strings.crashed}</p>
        <SecondaryButton type="button" onClick={() => window.location.reload()}>
          {strings.reload}
        </SecondaryButton>
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

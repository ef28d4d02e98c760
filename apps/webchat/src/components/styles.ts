/**
 * Global styles, and the styled elements that several components share. The colours and the font are CSS
 * variables, which an installation can override.
 */
import styled, { createGlobalStyle, css } from 'styled-components';

export const GlobalStyle = createGlobalStyle`
  :root {
    color-scheme: light;
    --webchat-accent: #2f4bd8;
    --webchat-accent-strong: #2339ab;
    --webchat-on-accent: #ffffff;
    --webchat-surface: #ffffff;
    --webchat-background: #f6f7fb;
    --webchat-line: #e1e5ee;
    --webchat-field-line: #8791a5;
    --webchat-text: #1b2333;
    --webchat-text-quiet: #5a6478;
    --webchat-danger: #b3261e;
    --webchat-danger-background: #fdeeed;
    --webchat-warning-text: #6b4500;
    --webchat-warning-background: #fff4db;
    --webchat-present: #1b7a4b;
    --webchat-waiting: #b26a00;
    --webchat-font: -apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  }
  *, *::before, *::after { box-sizing: border-box; }
  html, body, #webchat { height: 100%; margin: 0; }
  body {
    background: var(--webchat-background);
    color: var(--webchat-text);
    font: 400 15px/1.45 var(--webchat-font);
    -webkit-text-size-adjust: 100%;
  }
  button, input, textarea { font: inherit; color: inherit; }
  :focus-visible { outline: 2px solid var(--webchat-accent); outline-offset: 2px; }
  input:focus-visible, textarea:focus-visible { outline-offset: -1px; }
  @media (prefers-reduced-motion: reduce) {
    *, *::before, *::after { animation: none !important; transition: none !important; scroll-behavior: auto !important; }
  }
`;

/** Fills a narrow page; on a wide page it is a card in the middle. */
export const ChatWindow = styled.main`
  display: flex;
  flex-direction: column;
  height: 100%;
  height: 100dvh;
  min-height: 0;
  min-width: 0;
  overflow: hidden;
  background: var(--webchat-background);
  @media (min-width: 640px) and (min-height: 560px) {
    width: 440px;
    height: min(760px, calc(100dvh - 48px));
    margin: 24px auto;
    border: 1px solid var(--webchat-line);
    border-radius: 16px;
    box-shadow: 0 12px 40px rgb(27 35 51 / 12%);
  }
`;

const button = css`
  display: inline-flex;
  align-items: center;
  justify-content: center;
  gap: 8px;
  min-height: 40px;
  padding: 8px 16px;
  border: 1px solid transparent;
  border-radius: 10px;
  font-weight: 600;
  cursor: pointer;
  transition: background-color 120ms, border-color 120ms;
  &:disabled {
    cursor: default;
    opacity: 0.55;
  }
`;

export const PrimaryButton = styled.button`
  ${button}
  background: var(--webchat-accent);
  color: var(--webchat-on-accent);
  &:hover:enabled {
    background: var(--webchat-accent-strong);
  }
`;

export const SecondaryButton = styled.button`
  ${button}
  border-color: var(--webchat-line);
  background: var(--webchat-surface);
  color: var(--webchat-text);
  &:hover:enabled {
    border-color: var(--webchat-field-line);
  }
`;

export const DangerButton = styled(PrimaryButton)`
  background: var(--webchat-danger);
  &:hover:enabled {
    background: #8f1e17;
  }
`;

/** A button that looks like a link. */
export const TextButton = styled.button`
  padding: 2px 4px;
  border: 0;
  border-radius: 4px;
  background: none;
  color: inherit;
  font-weight: 600;
  text-decoration: underline;
  text-underline-offset: 2px;
  cursor: pointer;
`;

/** The area below the messages: holds the composer or a prompt. */
export const Footer = styled.div`
  flex: none;
  padding: 12px;
  padding-bottom: max(12px, env(safe-area-inset-bottom));
  border-top: 1px solid var(--webchat-line);
  background: var(--webchat-surface);
`;

export const ErrorText = styled.p`
  margin: 0;
  padding: 10px 12px;
  border-radius: 10px;
  background: var(--webchat-danger-background);
  color: var(--webchat-danger);
  font-size: 14px;
`;

/** Readable by screen readers only. */
export const VisuallyHidden = styled.span`
  position: absolute;
  width: 1px;
  height: 1px;
  margin: -1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
`;

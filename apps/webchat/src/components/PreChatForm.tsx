/** The form before a chat: asks for the customer's name. */
import { cleanName, MAX_NAME_LENGTH } from '@chat-transfer/transfer-core';
import { type FormEvent, type ReactElement, useId, useState } from 'react';
import styled from 'styled-components';
import { strings } from '../strings';
import { ErrorText, PrimaryButton } from './styles';
import { useFocusIfLost } from './useFocusIfLost';

export interface PreChatFormProps {
  readonly initialName: string;
  readonly isStarting: boolean;
  /** A message that is not an error, such as that the previous chat is no longer available. */
  readonly info?: string | undefined;
  /** Why the last attempt did not start a chat. */
  readonly error?: string | undefined;
  readonly onStart: (name: string) => void;
}

export function PreChatForm({
  initialName,
  isStarting,
  info,
  error,
  onStart,
}: PreChatFormProps): ReactElement {
  const [name, setName] = useState(initialName);
  const [isNameMissing, setNameMissing] = useState(false);
  const input = useFocusIfLost<HTMLInputElement>();
  const id = useId();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const cleanedName = cleanName(name);
    setNameMissing(cleanedName === '');
    if (cleanedName === '') input.current?.focus();
    else onStart(cleanedName);
  };

  return (
    <Page>
      <Form onSubmit={submit} noValidate>
        <Logo viewBox="0 0 48 48" aria-hidden="true" focusable="false">
          <path d="M24 7c10.5 0 18 6.6 18 15s-7.5 15-18 15c-1.9 0-3.8-.2-5.5-.65L10 41.5l1.7-8.1C8.2 30.6 6 26.6 6 22 6 13.6 13.5 7 24 7z" />
          <path d="M16.5 22h.02M24 22h.02M31.5 22h.02" />
        </Logo>
        <div>
          <h1>{strings.welcome}</h1>
          <p>{strings.invitation}</p>
        </div>
        <Field>
          <label htmlFor={`${id}name`}>{strings.nameLabel}</label>
          <input
            id={`${id}name`}
            ref={input}
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={MAX_NAME_LENGTH}
            autoComplete="given-name"
            enterKeyHint="go"
            required
            aria-invalid={isNameMissing}
            aria-describedby={isNameMissing ? `${id}missing` : undefined}
          />
          {isNameMissing && <small id={`${id}missing`}>{strings.nameMissing}</small>}
        </Field>
        {info !== undefined && <Info role="status">{info}</Info>}
        {error !== undefined && <ErrorText role="alert">{error}</ErrorText>}
        <PrimaryButton type="submit" disabled={isStarting} aria-busy={isStarting}>
          {isStarting ? strings.starting : strings.start}
        </PrimaryButton>
      </Form>
    </Page>
  );
}

const Page = styled.div`
  flex: 1;
  display: flex;
  overflow-y: auto;
  padding: 24px;
`;

const Form = styled.form`
  display: flex;
  flex-direction: column;
  gap: 20px;
  width: 100%;
  max-width: 340px;
  margin: auto;
  h1 {
    margin: 0 0 6px;
    font-size: 26px;
    line-height: 1.2;
    letter-spacing: -0.01em;
  }
  p {
    margin: 0;
  }
  div > p {
    color: var(--webchat-text-quiet);
  }
  button {
    min-height: 46px;
  }
`;

const Logo = styled.svg`
  /* Aligns the drawing with the text: the view box has a margin. */
  margin-left: -6px;
  width: 48px;
  height: 48px;
  fill: var(--webchat-accent);
  stroke: none;
  path + path {
    fill: none;
    stroke: var(--webchat-on-accent);
    stroke-width: 4;
    stroke-linecap: round;
  }
`;

/** Neutral colours: the message is not an error and needs no action. */
const Info = styled.p`
  padding: 10px 12px;
  border: 1px solid var(--webchat-line);
  border-radius: 10px;
  background: var(--webchat-surface);
  color: var(--webchat-text-quiet);
  font-size: 14px;
`;

const Field = styled.div`
  display: flex;
  flex-direction: column;
  gap: 6px;
  label {
    font-size: 14px;
    font-weight: 600;
  }
  input {
    width: 100%;
    min-height: 46px;
    padding: 10px 14px;
    border: 1px solid var(--webchat-field-line);
    border-radius: 10px;
    background: var(--webchat-surface);
    /* iOS zooms into a field with a font below 16px. */
    font-size: 16px;
  }
  input[aria-invalid='true'] {
    border-color: var(--webchat-danger);
  }
  small {
    color: var(--webchat-danger);
    font-size: 13px;
  }
`;

/** What a customer tells before a chat: the name to be called by. */
import { MAX_NAME_LENGTH } from '@chat-transfer/transfer-core';
import { type FormEvent, type ReactElement, useId, useState } from 'react';
import styled from 'styled-components';
import { strings } from '../strings';
import { ErrorText, PrimaryButton } from './styles';
import { useFocusIfLost } from './useFocusIfLost';

export interface PreChatFormProps {
  readonly initialName: string;
  readonly starting: boolean;
  /** What has become of the chat before. */
  readonly news?: string | undefined;
  /** Why the last try did not start a chat. */
  readonly error?: string | undefined;
  readonly onStart: (name: string) => void;
}

export function PreChatForm({ initialName, starting, news, error, onStart }: PreChatFormProps): ReactElement {
  const [name, setName] = useState(initialName);
  const [missing, setMissing] = useState(false);
  const input = useFocusIfLost<HTMLInputElement>();
  const id = useId();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = name.trim();
    setMissing(given === '');
    if (given === '') input.current?.focus();
    else onStart(given);
  };

  return (
    <Page>
      <Form onSubmit={submit} noValidate>
        <Mark viewBox="0 0 48 48" aria-hidden="true" focusable="false">
          <path d="M24 7c10.5 0 18 6.6 18 15s-7.5 15-18 15c-1.9 0-3.8-.2-5.5-.65L10 41.5l1.7-8.1C8.2 30.6 6 26.6 6 22 6 13.6 13.5 7 24 7z" />
          <path d="M16.5 22h.02M24 22h.02M31.5 22h.02" />
        </Mark>
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
            aria-invalid={missing}
            aria-describedby={missing ? `${id}missing` : undefined}
          />
          {missing && <small id={`${id}missing`}>{strings.nameMissing}</small>}
        </Field>
        {news !== undefined && <News role="status">{news}</News>}
        {error !== undefined && <ErrorText role="alert">{error}</ErrorText>}
        <PrimaryButton type="submit" disabled={starting} aria-busy={starting}>
          {starting ? strings.starting : strings.start}
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

const Mark = styled.svg`
  /* Its drawing begins a little inside its frame. */
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

/** Nothing has failed, and nothing is to be done about it: no alarm. */
const News = styled.p`
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
    /* Below 16 px, iOS zooms into the field. */
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

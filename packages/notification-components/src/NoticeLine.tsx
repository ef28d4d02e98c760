/**
 * The look of every notice: a centred line with an icon and one sentence. It does not depend on the kind of notice.
 *
 * Notices must look the same under the style sheets of Flex and of the webchat. So each element first resets
 * all properties (`all`) and then sets its own, with a selector (`&&&`) that is more specific than a host's rules for
 * a tag or for one or two classes. `all` does not reset custom properties (the theme tokens), `direction` and
 * `unicode-bidi`; the last two are set explicitly.
 *
 * This is not a live region, because the host's message list is one.
 */
import type { NoticeKind } from '@chat-transfer/transfer-core';
import type { ReactElement } from 'react';
import styled, { css } from 'styled-components';
import { NOTICE_ICONS, type NoticeIcon } from './icons';
import { type NoticeTone, token } from './theme';

const rule = css`
  &&&::before,
  &&&::after {
    all: initial;
    box-sizing: border-box;
    content: '';
    flex: 1 1 16px;
    min-width: 16px;
    border-top: 1px solid ${token('rule')};
    visibility: inherit;
  }
`;

const Line = styled.div.withConfig({ componentId: 'chat-transfer-notice' })<{ $ruled: boolean }>`
  &&& {
    all: initial;
    box-sizing: border-box;
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 12px;
    width: 100%;
    min-width: 0;
    padding: 4px 8px;
    color: ${token('text')};
    font-family: ${token('font-family')};
    font-size: ${token('font-size')};
    font-weight: 400;
    line-height: ${token('line-height')};
    text-align: center;
    white-space: normal;
    overflow-wrap: anywhere;
    word-break: normal;
    direction: ltr;
    unicode-bidi: isolate;
    -webkit-font-smoothing: antialiased;
    -webkit-text-size-adjust: 100%;
    /* Inherited, so that a host that hides the message also hides the notice. */
    visibility: inherit;
  }
  ${({ $ruled }) => $ruled && rule}
`;

const Pill = styled.span.withConfig({ componentId: 'chat-transfer-notice-pill' })`
  &&& {
    all: unset;
    box-sizing: border-box;
    display: flex;
    align-items: flex-start;
    gap: 7px;
    min-width: 0;
    max-width: 100%;
    padding: 4px 12px 4px 10px;
    border: 1px solid ${token('border')};
    border-radius: 14px;
    background: ${token('background')};
    direction: inherit;
    unicode-bidi: isolate;
  }
`;

const Icon = styled.svg.withConfig({ componentId: 'chat-transfer-notice-icon' })<{ $tone: NoticeTone }>`
  &&& {
    all: unset;
    display: block;
    flex: none;
    width: 14px;
    height: 14px;
    /* Centred on the first line of the text, for any line height. */
    margin-top: calc((${token('line-height')} - 14px) / 2);
    overflow: visible;
    color: ${({ $tone }) => token($tone)};
  }
  &&& > path {
    fill: none;
    stroke: currentColor;
    stroke-width: 1.5px;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
`;

const Sentence = styled.span.withConfig({ componentId: 'chat-transfer-notice-text' })`
  &&& {
    all: unset;
    display: block;
    min-width: 0;
    /* Aligns the lines of a long sentence. */
    text-align: left;
    direction: inherit;
    /* A name in a right-to-left script or with control characters must not change the direction around it. */
    unicode-bidi: isolate;
  }
`;

export interface NoticeLineProps {
  readonly kind: NoticeKind | 'text';
  readonly tone: NoticeTone;
  readonly icon: NoticeIcon;
  readonly text: string;
  /** The language of `text`, for screen readers. Absent if it is unknown: the original feature wrote the text. */
  readonly language?: string | undefined;
  /** Draws a thin line on both sides, which separates the notice from what follows. */
  readonly ruled?: boolean;
}

export function NoticeLine({
  kind,
  tone,
  icon,
  text,
  language,
  ruled = false,
}: NoticeLineProps): ReactElement {
  return (
    <Line data-notice={kind} $ruled={ruled}>
      <Pill>
        <Icon viewBox="0 0 16 16" aria-hidden="true" focusable="false" $tone={tone}>
          <path d={NOTICE_ICONS[icon]} />
        </Icon>
        <Sentence lang={language}>{text}</Sentence>
      </Pill>
    </Line>
  );
}

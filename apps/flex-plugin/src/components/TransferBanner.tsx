/** A bar above a chat that says who its open transfer is waiting for, with a button to cancel the transfer. */
import { NOTICE_TOKENS } from '@chat-transfer/notification-components';
import type { CSSProperties, ReactElement } from 'react';
import { Button, Template } from '../flex/ui';
import type { StringKey } from '../strings/en';

export interface TransferBannerProps {
  readonly text: StringKey;
  /** Public names for the placeholders of `text`. */
  readonly names: { readonly from: string; readonly target: string };
  /** Absent if another agent started the transfer. */
  readonly cancel?: {
    readonly label: string;
    readonly disabled: boolean;
    readonly onClick: () => void;
  };
}

const BANNER: CSSProperties = {
  display: 'flex',
  flex: 'none',
  alignItems: 'center',
  justifyContent: 'space-between',
  gap: 12,
  minHeight: 44,
  padding: '6px 12px 6px 16px',
  borderBottom: `1px solid ${NOTICE_TOKENS.border}`,
  background: NOTICE_TOKENS.background,
  color: NOTICE_TOKENS.text,
  fontSize: 14,
  lineHeight: '20px',
};
const TEXT: CSSProperties = { minWidth: 0, overflowWrap: 'anywhere' };
const BUTTON: CSSProperties = { flex: 'none' };

export function TransferBanner({ text, names, cancel }: TransferBannerProps): ReactElement {
  return (
    <div style={BANNER}>
      <span style={TEXT}>
        <Template code={text} {...names} />
      </span>
      {cancel && (
        <Button
          variant="secondary"
          size="small"
          style={BUTTON}
          disabled={cancel.disabled}
          onClick={cancel.onClick}
        >
          {cancel.label}
        </Button>
      )}
    </div>
  );
}

/** The transfer button in the header of a chat. */
import type { ReactElement } from 'react';
import { IconButton } from '../flex/ui';

export interface TransferButtonProps {
  readonly label: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
}

/** At its default size, Flex's icon button would make the header taller. */
const BUTTON = { width: 32, height: 32, minHeight: 32, padding: 0 };
const WRAPPER = { display: 'inline-flex', alignSelf: 'center', marginRight: 8 };

export function TransferButton({ label, disabled, onClick }: TransferButtonProps): ReactElement {
  return (
    // A disabled button shows no title, so the wrapper shows it. It says why the button is disabled.
    <span title={label} style={WRAPPER}>
      <IconButton
        icon="TransferLarge"
        variant="secondary"
        aria-label={label}
        disabled={disabled}
        style={BUTTON}
        onClick={onClick}
      />
    </span>
  );
}

/** The button in the header of a chat. */
import type { ReactElement } from 'react';
import { IconButton } from '../flex/ui';

export interface TransferButtonProps {
  readonly label: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
}

/** At its own size, Flex's icon button would stretch the header. */
const IN_HEADER = { width: 32, height: 32, minHeight: 32, padding: 0 };
const AROUND = { display: 'inline-flex', alignSelf: 'center', marginRight: 8 };

export function TransferButton({ label, disabled, onClick }: TransferButtonProps): ReactElement {
  return (
    // A disabled button shows no title of its own, and that is when one wants to know why.
    <span title={label} style={AROUND}>
      <IconButton
        icon="TransferLarge"
        variant="secondary"
        aria-label={label}
        disabled={disabled}
        style={IN_HEADER}
        onClick={onClick}
      />
    </span>
  );
}

/** The icons, as stroked paths on a 16 × 16 grid. They repeat what the text says, so they have no accessible name. */

const circle = 'M8 2.25a5.75 5.75 0 1 1 0 11.5 5.75 5.75 0 0 1 0-11.5z';

export const NOTICE_ICONS = {
  /** An arrow into a door. */
  entering: 'M6.5 5 9.5 8l-3 3M9.5 8h-7M9.5 2.5h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-3',
  /** An arrow out of a door. */
  leaving: 'M10.5 5l3 3-3 3M13.5 8h-7M6.5 2.5h-3a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1h3',
  /** A person and a plus sign: an agent is asked to join. */
  inviting:
    'M6 2.75a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM1.75 13.25c0-2.3 1.9-3.75 4.25-3.75s4.25 1.45 4.25 3.75M12.75 5.25v4M10.75 7.25h4',
  /** Two arrows in opposite directions: one agent leaves and another joins. */
  transferring: 'M10.5 2.75l2.75 2.75-2.75 2.75M13.25 5.5H2.75M5.5 7.75 2.75 10.5l2.75 2.75M2.75 10.5h10.5',
  /** A U-turn arrow: the chat stays with, or returns to, the agent. */
  returned: 'M5.5 3.25 2.5 6.25l3 3M2.5 6.25h7.25a3.25 3.25 0 0 1 0 6.5H7',
  /** A magnifying glass: the transfer task looks for another agent. */
  looking: 'M7 2.25a4.75 4.75 0 1 1 0 9.5 4.75 4.75 0 0 1 0-9.5zM10.5 10.5l3.25 3.25',
  failed: `${circle}M6 6l4 4M10 6l-4 4`,
  ended: `${circle}M5.75 8.25l1.6 1.6 3-3.5`,
  information: `${circle}M8 7.5v3M8 5.25v.01`,
} as const;

export type NoticeIcon = keyof typeof NOTICE_ICONS;

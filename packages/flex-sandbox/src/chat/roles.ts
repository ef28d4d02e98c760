/**
 * The roles that Flex creates in its chat service, with their default permissions:
 * https://www.twilio.com/docs/flex/admin-guide/setup/conversations/conversations-roles
 *
 * Assumed: the token decides the role, not the role SID of the user or member; a user who creates a conversation
 * with a token is its admin; a chat token may create conversations and join public ones, as the default role
 * of Programmable Chat may. Every user may edit their own user info, because Flex UI does.
 */
import { isFlexUser } from '../iam/callers.js';
import type { Caller } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';

export type Permission =
  | 'createConversation'
  | 'deleteConversation'
  | 'joinConversation'
  | 'addParticipant'
  | 'removeParticipant'
  | 'editConversationName'
  | 'editConversationAttributes'
  | 'sendMessage'
  | 'leaveConversation'
  | 'editOwnMessage'
  | 'deleteOwnMessage'
  | 'editAnyMessage'
  | 'deleteAnyMessage';

export type RoleName = 'guest' | 'agent' | 'supervisor' | 'admin';

/** In every conversation of the service, also without being a member. */
const SERVICE_ROLES: Readonly<Record<RoleName, readonly Permission[]>> = {
  guest: ['createConversation'],
  agent: [],
  supervisor: ['joinConversation', 'addParticipant', 'removeParticipant'],
  admin: [
    'joinConversation',
    'deleteConversation',
    'addParticipant',
    'removeParticipant',
    'editConversationAttributes',
  ],
};

const GUEST: readonly Permission[] = ['sendMessage', 'leaveConversation'];
const AGENT: readonly Permission[] = [
  ...GUEST,
  'editConversationAttributes',
  'editOwnMessage',
  'deleteOwnMessage',
];
const SUPERVISOR: readonly Permission[] = [...AGENT, 'editAnyMessage', 'deleteAnyMessage'];

/** In the conversations that have the user as a member. Media need the permission to send messages. */
const CONVERSATION_ROLES: Readonly<Record<RoleName, readonly Permission[]>> = {
  guest: GUEST,
  agent: AGENT,
  supervisor: SUPERVISOR,
  admin: SUPERVISOR,
};

/** The role of a token. A customer's chat token has the role `guest`. */
export function getRole(sandbox: SandboxState, caller: Caller): RoleName {
  if (!isFlexUser(sandbox, caller)) return 'guest';
  const roles = caller.roles ?? [];
  if (roles.includes('admin')) return 'admin';
  return roles.includes('supervisor') ? 'supervisor' : 'agent';
}

/** Whether a role gives a permission in a conversation. */
export function hasPermission(role: RoleName, permission: Permission, isMember: boolean): boolean {
  return (
    SERVICE_ROLES[role].includes(permission) || (isMember && CONVERSATION_ROLES[role].includes(permission))
  );
}

/**
 * Finds the resources in the path of a REST request. For a missing resource, the REST APIs return the general
 * 404/20404; the endpoints of the SDKs return chat's own codes.
 */
import { ApiError, notFound } from '../api-error.js';
import type { ApiRequest } from '../router.js';
import { getChannel } from './channels.js';
import { getMember } from './members.js';
import { getMessage } from './messages.js';
import type { Channel, ChatStore, Member, Message, User } from './state.js';
import { findUser } from './users.js';

export const channelIn = (store: ChatStore, request: ApiRequest): Channel =>
  withRestNotFound(request, () => getChannel(store, request.segments.channel ?? ''));

export const memberIn = (channel: Channel, request: ApiRequest): Member =>
  withRestNotFound(request, () => getMember(channel, request.segments.member ?? ''));

export const messageIn = (channel: Channel, request: ApiRequest): Message =>
  withRestNotFound(request, () => getMessage(channel, request.segments.message ?? ''));

export function userIn(store: ChatStore, { segments, path }: ApiRequest): User {
  const user = findUser(store, segments.user ?? '');
  if (user === undefined) throw notFound(path);
  return user;
}

function withRestNotFound<T>({ path }: ApiRequest, find: () => T): T {
  try {
    return find();
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) throw notFound(path);
    throw error;
  }
}

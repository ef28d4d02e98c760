import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Quirks } from '../../quirks.js';
import { type InteractionFixture, startInteractionFixture } from './interaction-fixture.js';

let fixture: InteractionFixture;
beforeEach(async () => {
  fixture = await startInteractionFixture();
});
afterEach(() => fixture.close());

const setQuirks = (quirks: Partial<Quirks>) => fixture.sandbox.state().setQuirks(quirks);
const cancel = (taskSid: string) => fixture.tasks(taskSid).update({ assignmentStatus: 'canceled' });

describe('a channel whose only open invite is cancelled at TaskRouter', () => {
  it.each([
    [false, 'active', 'active'],
    [true, 'inactive', 'inactive'],
  ])('becomes inactive: %s', async (cancelledInviteEndsChannel, channelStatus, state) => {
    setQuirks({ cancelledInviteEndsChannel });
    await cancel(await fixture.startChat());
    expect(await fixture.channel().fetch()).toMatchObject({ status: channelStatus });
    expect(fixture.conversation().state).toBe(state);
  });

  it('stays active with an agent in it', async () => {
    setQuirks({ cancelledInviteEndsChannel: true });
    await fixture.accept('alice', await fixture.startChat());
    await cancel(await fixture.invite('bob'));
    expect(await fixture.channel().fetch()).toMatchObject({ status: 'active' });
  });

  it('stays active with another open invite', async () => {
    setQuirks({ cancelledInviteEndsChannel: true });
    const taskSid = await fixture.startChat();
    await fixture.invite('bob');
    await cancel(taskSid);
    expect(await fixture.channel().fetch()).toMatchObject({ status: 'active' });
  });
});

describe('a closed channel', () => {
  it('can be closed again', async () => {
    await fixture.startChat();
    await fixture.channel().update({ status: 'closed' });
    expect(await fixture.channel().update({ status: 'closed' })).toMatchObject({ status: 'closed' });
  });

  it('refuses to be closed again, with the quirk', async () => {
    setQuirks({ closedChannelRefusesClosing: true });
    await fixture.startChat();
    await fixture.channel().update({ status: 'closed' });
    const closing = fixture.channel().update({ status: 'closed' });
    await expect(closing).rejects.toMatchObject({ status: 400, code: 45359 });
  });
});

describe('an agent who leaves a chat for later', () => {
  const leave = (status: 'wrapup' | 'closed') =>
    fixture.channel().update({ status: 'inactive', routing: { status } });

  it('cannot wrap up', async () => {
    await fixture.accept('alice', await fixture.startChat());
    await expect(leave('wrapup')).rejects.toMatchObject({ status: 400 });
  });

  it('wraps up in an account with the feature', async () => {
    setQuirks({ wrapupTaskOnLeaveAndPause: true });
    const taskSid = await fixture.startChat();
    await fixture.accept('alice', taskSid);
    expect(await leave('wrapup')).toMatchObject({ status: 'inactive' });
    expect(fixture.taskOf(taskSid).status).toBe('wrapping');
    expect(fixture.conversation().state).toBe('inactive');
    expect(fixture.memberIdentities()).toEqual(['jane-1']);
  });
});

/**
 * Errors that TaskRouter reports after a request has succeeded. They appear in the Debugger of the Console, and in Monitor:
 * https://www.twilio.com/docs/usage/monitor-alert
 */
import { notFound } from '../api-error.js';
import { isoSeconds } from '../clock.js';
import { forAccount } from '../iam/callers.js';
import { buildPage } from '../paging.js';
import type { SandboxState } from '../sandbox-state.js';

export interface NewAlert {
  readonly errorCode: number;
  readonly text: string;
  readonly resourceSid: string;
}

interface Alert extends NewAlert {
  readonly sid: string;
  readonly createdAtMs: number;
}

/** What only a single alert has. No request causes the alerts of TaskRouter. */
const NO_REQUEST = {
  request_variables: null,
  request_headers: null,
  response_body: null,
  response_headers: null,
};

/** Beyond this size, the list loses its oldest alert. */
const MAX_ALERTS = 1000;

/** Adds the endpoints, and returns a function that adds an alert. */
export function addAlerts({ account, clock, router, sids }: SandboxState): (alert: NewAlert) => void {
  const { accountSid } = account;
  const alerts: Alert[] = [];
  const view = ({ sid, createdAtMs, errorCode, text, resourceSid }: Alert) => ({
    sid,
    account_sid: accountSid,
    alert_text: text,
    api_version: null,
    date_created: isoSeconds(createdAtMs),
    date_generated: isoSeconds(createdAtMs),
    date_updated: isoSeconds(createdAtMs),
    error_code: String(errorCode),
    log_level: 'error',
    more_info: `https://www.twilio.com/docs/errors/${errorCode}`,
    request_method: null,
    request_url: null,
    resource_sid: resourceSid,
    service_sid: null,
    url: `https://monitor.twilio.com/v1/Alerts/${sid}`,
  });
  router.on(
    'GET',
    'monitor',
    '/v1/Alerts',
    forAccount((request) => buildPage(request, 'alerts', [...alerts].reverse(), view)),
  );
  router.on(
    'GET',
    'monitor',
    '/v1/Alerts/:alert',
    forAccount(({ segments, path }) => {
      const alert = alerts.find(({ sid }) => sid === segments.alert);
      if (alert === undefined) throw notFound(path);
      return { body: { ...view(alert), ...NO_REQUEST } };
    }),
  );
  return (alert) => {
    alerts.push({ ...alert, sid: sids('NO'), createdAtMs: clock.nowMs() });
    if (alerts.length > MAX_ALERTS) alerts.shift();
  };
}

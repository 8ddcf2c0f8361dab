// The one way to the server: JSON, the CSRF token, problem+json, cursors.
import { setSession, state } from './state.js';
import { said } from './format.js';
import { t } from './texts.js';

const BASE = '/api/v1';

/** An answer that is no success; `status` 0 when the server could not be reached. */
export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(said(body.detail) || body.title || String(status));
    this.status = status;
    this.code = body.code ?? (status === 0 ? 'unreachable' : 'http_' + status);
    this.detail = body.detail;
    this.errors = body.errors ?? [];
    this.retryAfter = retryAfter;
  }

  /** In the language in force, which may have changed since. */
  get said() {
    return said(this.detail) || t('problem.' + this.code, null, t('problem.status', { status: this.status }));
  }
}

export function query(params = {}) {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== '') pairs.set(name, value);
  }
  const text = pairs.toString();
  return text ? '?' + text : '';
}

async function request(method, path, body, headers = {}) {
  const changing = method !== 'GET';
  let answer;
  try {
    answer = await fetch(BASE + path, {
      method,
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(changing ? { 'X-CSRF-Token': state.session?.csrf ?? '' } : {}),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Problem(0, {});
  }
  if (answer.status === 204) return { body: null, answer };
  const text = await answer.text();
  let json = null;
  try { json = text ? JSON.parse(text) : null; } catch { /* A proxy's page, say. */ }
  if (answer.ok) return { body: json, answer };
  throw new Problem(answer.status, json ?? {}, answer.headers.get('Retry-After'));
}

async function answered(method, path, body, headers) {
  try {
    return await request(method, path, body, headers);
  } catch (problem) {
    if (problem.status === 403 && problem.code === 'csrf') {
      await loadSession();
      return request(method, path, body, headers);
    }
    if (problem.status === 401 && path !== '/session' && state.session) {
      await loadSession();
    }
    throw problem;
  }
}

export async function get(path, params) {
  return (await answered('GET', path + query(params))).body;
}

/** A thing with its ETag, for a later change of it. */
export async function getWithTag(path) {
  const { body, answer } = await answered('GET', path);
  return { body, etag: answer.headers.get('ETag') };
}

export async function post(path, body = {}, headers) {
  return (await answered('POST', path, body, headers)).body;
}

export async function put(path, body, etag) {
  return (await answered('PUT', path, body, etag ? { 'If-Match': etag } : {})).body;
}

export async function remove(path) {
  return (await answered('DELETE', path)).body;
}

export async function loadSession() {
  setSession((await request('GET', '/session')).body);
}

export async function signIn(name, password) {
  setSession((await request('POST', '/session', { name, password })).body);
}

export async function signOut() {
  await remove('/session');
  await loadSession();
}

/** A path segment: rule ids hold slashes. */
export function segment(id) {
  return encodeURIComponent(id);
}

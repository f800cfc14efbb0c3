import { describe, expect, it } from 'vitest';
import { SecretError, TrackingError } from '../../../runtime/errors.ts';
import { artifactAddress } from '../../../runtime/tracking/artifact-address.ts';
import { MLFLOW_LIMITS, mlflowKey, splitBatch, truncate } from '../../../runtime/tracking/log-batch.ts';
import { parseRetryAfter } from '../../../runtime/tracking/retry.ts';
import { assertSecrets, redactUri, resolveTarget } from '../../../runtime/tracking/target.ts';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('the server of a plan', () => {
  it('is the plan’s before the environment’s, and none where neither names one', () => {
    const env = { MLFLOW_TRACKING_URI: 'http://env:5000/' };
    expect(resolveTarget('https://plan/mlflow/', env)?.uri).toBe('https://plan/mlflow');
    expect(resolveTarget(null, env)?.uri).toBe('http://env:5000');
    expect(resolveTarget(null, { MLFLOW_TRACKING_URI: '  ' })).toBeNull();
  });

  it.each([
    [
      'user and password before a token',
      { MLFLOW_TRACKING_USERNAME: 'u', MLFLOW_TRACKING_PASSWORD: 'p', MLFLOW_TRACKING_TOKEN: 't' },
      basic('u:p'),
    ],
    [
      'a token where the password is missing',
      { MLFLOW_TRACKING_USERNAME: 'u', MLFLOW_TRACKING_TOKEN: 't' },
      'Bearer t',
    ],
    ['those of the address last', {}, basic('anna:p@ss')],
  ])('takes credentials: %s', (_, env, expected) => {
    const target = resolveTarget('http://anna:p%40ss@host:5000', env);
    expect(target).toMatchObject({ uri: 'http://host:5000', authorization: expected });
  });

  const secret = (name: string) => ({ secret: name });
  const anonymous = { username: null, password: null, token: null };

  it.each([
    ['its token before everything of the environment', { token: secret('T') }, 'Bearer t-value'],
    ['its user and password', { username: 'anna', password: secret('P') }, basic('anna:p-value')],
    ['its user, with the password of the environment', { username: secret('U') }, basic('u-value:env-password')],
  ])('takes what the plan says of itself: %s', (_, credentials, authorization) => {
    const env = {
      T: 't-value',
      U: 'u-value',
      P: 'p-value',
      MLFLOW_TRACKING_USERNAME: 'env-user',
      MLFLOW_TRACKING_PASSWORD: 'env-password',
    };
    expect(resolveTarget('http://host', env, { ...anonymous, ...credentials })).toMatchObject({ authorization });
  });

  it('is not asked without a secret of the plan', () => {
    const credentials = { ...anonymous, token: secret('LAB_TOKEN') };
    expect(() => resolveTarget('http://host', {}, credentials)).toThrow('the secret LAB_TOKEN has no value');
    expect(() => assertSecrets(credentials, { LAB_TOKEN: ' ' })).toThrow(SecretError);
    expect(() => assertSecrets(credentials, { LAB_TOKEN: 'x' })).not.toThrow();
  });

  it.each(['sqlite:///mlflow.db', 'databricks://profile', 'postgresql://anna:hunter2@db/mlflow', 'mlruns', 'http://'])(
    'is no server at %s, and the message keeps secrets',
    (uri) => {
      const attempt = () => resolveTarget(uri, {});
      expect(attempt).toThrow(TrackingError);
      expect(attempt).toThrow(redactUri(uri));
      expect(attempt).not.toThrow('hunter2');
    },
  );
});

describe('the address of artifacts', () => {
  it.each([
    ['mlflow-artifacts:/1/abc/artifacts', 'http://track:5000/sub/api/2.0/mlflow-artifacts/artifacts/1/abc/artifacts'],
    ['mlflow-artifacts:///1/a b', 'http://track:5000/sub/api/2.0/mlflow-artifacts/artifacts/1/a%20b'],
    ['mlflow-artifacts://files:81/1', 'http://files:81/api/2.0/mlflow-artifacts/artifacts/1'],
    ['https://files/store/1/', 'https://files/store/1'],
  ])('%s is served at %s', (uri, address) => {
    expect(artifactAddress(uri, 'http://track:5000/sub')).toBe(address);
  });

  it.each([
    ['s3://bucket/1', '`s3:` storage'],
    ['/srv/mlruns/1', 'a folder of its own machine'],
    ['file:///srv/mlruns/1', 'a folder of its own machine'],
  ])('%s is out of reach, and the message says why', (uri, where) => {
    expect(() => artifactAddress(uri, 'http://track:5000')).toThrow(where);
  });
});

describe('log-batch', () => {
  it('keeps every body within counts and bytes, and every entry once and in order', () => {
    const batch = {
      params: Array.from({ length: 150 }, (_, index) => ({ key: `p${index}`, value: 'é'.repeat(6000) })),
      tags: Array.from({ length: 101 }, (_, index) => ({ key: `t${index}`, value: 'x'.repeat(8000) })),
      metrics: Array.from({ length: 2500 }, (_, step) => ({ key: 'm', value: step, timestamp: 1, step })),
    };
    const texts = splitBatch('run', batch);
    const bodies = texts.map((text) => JSON.parse(text));
    for (const [index, body] of bodies.entries()) {
      expect(Buffer.byteLength(texts[index] ?? '')).toBeLessThanOrEqual(MLFLOW_LIMITS.bytesPerBatch);
      expect(body.params.length).toBeLessThanOrEqual(100);
      expect(body.tags.length).toBeLessThanOrEqual(100);
      expect(body.metrics.length + body.params.length + body.tags.length).toBeLessThanOrEqual(1000);
    }
    expect(bodies.flatMap((body) => body.params)).toEqual(batch.params);
    expect(bodies.flatMap((body) => body.tags)).toEqual(batch.tags);
    expect(bodies.flatMap((body) => body.metrics)).toEqual(batch.metrics);
    expect(splitBatch('run', { params: [], tags: [], metrics: [] })).toEqual([]);
  });

  it.each([
    ['val.dice', 'val.dice'],
    ['model.blocks_down[0]', 'model.blocks_down_0_'],
    ['a/../b//c', 'a/b/c'],
    ['', '_'],
    ['x'.repeat(300), 'x'.repeat(250)],
  ])('spells the key %j as %j', (name, key) => {
    expect(mlflowKey(name)).toBe(key);
  });

  it('shows where a value was cut', () => {
    expect(truncate('abcdef', 6)).toBe('abcdef');
    expect(truncate('abcdefg', 6)).toBe('abcde…');
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');
  it.each([
    ['2', 2000],
    ['0.5', 500],
    ['Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
    ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
    ['soon', null],
    [undefined, null],
  ])('%j means %j ms', (header, expected) => {
    expect(parseRetryAfter(header, now)).toBe(expected);
  });
});

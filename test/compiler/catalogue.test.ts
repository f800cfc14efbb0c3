import { describe, expect, it } from 'vitest';
import { shippedEnvironments } from '../../compiler/bind/environments.ts';
import { ENVIRONMENT_CATALOGUE } from '../../compiler/catalogue/environments.ts';
import { GPUS } from '../../compiler/catalogue/gpus.ts';
import { PROFILE_CATALOGUE } from '../../compiler/catalogue/profiles.ts';
import { check } from '../../compiler/check.ts';
import { format } from '../../dsl/print.ts';
import { SMALL } from './example.ts';

describe('the shipped catalogue', () => {
  it('is written in the language, without a mistake', () => {
    expect(check({ path: 'environments.exp', text: ENVIRONMENT_CATALOGUE })).toEqual([]);
    expect(format({ path: 'environments.exp', text: ENVIRONMENT_CATALOGUE })[1]).toEqual([]);
    expect(check({ path: 'profiles.exp', text: `${PROFILE_CATALOGUE}\n${SMALL}` })).toEqual([]);
  });

  it.each([
    'local',
    'colab.t4',
    'colab.v100',
    'colab.a100',
    'aws.g4dn.xlarge',
    'aws.p3.2xlarge',
    'gcp.n1-standard-4-t4',
    'azure.nc4as-t4-v3',
    'workstation.rtx-3060',
    'workstation.rtx-3070',
    'slurm.a100',
    'apple.mac-mini',
  ])('has %s', (name) => {
    expect(shippedEnvironments().get(name)).toBeDefined();
  });

  const environments = [...shippedEnvironments().values()];

  it.each(
    environments.filter(({ values }) => values.price !== null && values.price > 0).map((each) => [each.name, each]),
  )('dates the price of %s', (_, { values }) => {
    expect(values.asOf).toMatch(/^20\d\d(-\d\d){0,2}$/);
  });

  it.each(environments.filter(({ name }) => /^(aws|gcp|azure)\./.test(name)).map((each) => [each.name, each]))(
    'says for which region the price of %s holds',
    (_, { values }) => {
      expect(values.region).not.toBeNull();
    },
  );

  it('knows the speed of every GPU that it names', () => {
    const unknown = environments.filter(({ values }) => values.gpu !== null && GPUS[values.gpu.name] === undefined);
    expect(unknown).toEqual([]);
  });
});

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventsJsonSchema } from '../../../runtime/events/json-schema.ts';
import { repositoryRoot } from '../../helpers/python.ts';

it('the published schema of the events is that of the code (npx vitest -u writes it)', async () => {
  await expect(eventsJsonSchema()).toMatchFileSnapshot(join(repositoryRoot, 'docs/events.schema.json'));
});

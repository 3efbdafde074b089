import { expect, test } from '@jest/globals';
import { printedDevice } from '../../bin/authenticate-line.ts';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { StageConfig } from '../../config-schema/stage-config.ts';

const everywhere = {
  connectionTypes: { van: {}, office: {} },
  defaultConnectionType: 'van',
  roles: { owner: { connectionTypes: ['van', 'office'], everyRestaurant: true } },
  events: {},
};

test.each([
  { why: 'the preset', config: {}, user: 'chef' },
  { why: 'a stage whose demo has nobody', config: { demoUsers: {} }, user: 'stranger' },
  { why: 'a domain whose roles are all of every restaurant', config: everywhere, user: 'stranger' },
])('the line that is printed for $why is of a user whom there is', ({ config, user }) => {
  expect(printedDevice(parseConfig(StageConfig, 'a stage', JSON.stringify(config))).user).toBe(user);
});

import * as v from 'valibot';
import type { Template } from '../template.ts';
import { shortNames } from './short-names.ts';

export type BusBlueprint = {
  /** For people; see `shortNames`. */
  readonly name: string;
  readonly arn: string;
};

/** The EventBridge buses of the app. */
export const readBuses = (template: Template): readonly BusBlueprint[] => {
  const buses = template.find(['AWS::Events::EventBus'], v.object({}));
  const names = shortNames(
    buses.map(({ logicalId }) => logicalId),
    template.gatewayPath,
  );
  return buses.map(({ logicalId, attribute }) => ({
    name: names.get(logicalId) ?? logicalId,
    arn: attribute('Arn'),
  }));
};

/** Texts that only a deployment knows, as texts that can be judged before. */
import { Token, Tokenization } from 'aws-cdk-lib';
import { standIn } from '../config-schema/stand-ins.ts';

export type StandIns = Readonly<{
  /** A text with a stand-in for each deploy-time value. `wholeUrl`: if it is one such value altogether, that is a URL. */
  hide: (text: string, wholeUrl?: boolean) => string;
  /** Whether anything is hidden. */
  areThere: () => boolean;
}>;

export const standIns = (): StandIns => {
  let hidden = 0;
  return {
    hide: (text, wholeUrl = false) => {
      if (!Token.isUnresolved(text)) return text;
      const fragments = Tokenization.reverseString(text);
      const before = wholeUrl && fragments.length === 1 ? 'https://' : '';
      const mapToken = (): string => `${before}${standIn(hidden++)}`;
      return String(fragments.mapTokens({ mapToken }).join({ join: (left, right) => `${left ?? ''}${right ?? ''}` }));
    },
    areThere: () => hidden > 0,
  };
};

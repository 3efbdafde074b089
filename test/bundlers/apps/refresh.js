/** Before any renderer is loaded, as a development build does it: the renderer looks for it once. */
import * as refresh from 'react-refresh/runtime';

refresh.injectIntoGlobalHook(globalThis);

/** Puts an edited component into the place of another, as saving its file does. */
export const saveFile = (name, before, after) => {
  for (const component of [before, after]) {
    refresh.setSignature(component, name, false);
    refresh.register(component, name);
  }
  refresh.performReactRefresh();
};

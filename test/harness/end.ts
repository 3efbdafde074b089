/**
 * Runs after the last test. A process that something keeps alive would run for ever, whatever the tests said: it is given some
 * seconds, says what is open, and fails.
 */
import { graceMs, openResources } from './open-resources.ts';

// biome-ignore lint/style/noDefaultExport: jest takes no other
export default (): void => {
  setTimeout(() => {
    process.stderr.write(
      `\nThe tests are over, and after ${graceMs / 1000} s this process still could not end; open: ${openResources().join(', ')}\n`,
    );
    process.exit(1);
    // Whoever may end need not wait for this.
  }, graceMs).unref();
};

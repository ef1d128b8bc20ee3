/** A setting that can't work, found when a part was opened with it. Its message is one line for operators: the variable, its value, what to do. */
export class SettingRefused extends Error {
  readonly code = 'setting-refused';
  /** The environment variable. */
  readonly setting: string;
  constructor(setting: string, problem: string, options?: ErrorOptions) {
    super(`${setting}: ${problem}`, options);
    this.setting = setting;
  }
}

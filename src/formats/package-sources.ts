/** The indexes that installers have without being told, and those that makers of libraries give out their own wheels by. */
const USUAL =
  /^(?:https:\/\/)?(?:pypi\.org|pypi\.python\.org|files\.pythonhosted\.org|download\.pytorch\.org|pypi\.nvidia\.com|pypi\.ngc\.nvidia\.com|developer\.download\.nvidia\.com|data\.pyg\.org|download\.openmmlab\.com|storage\.googleapis\.com\/jax-releases|wheels\.vllm\.ai|flashinfer\.ai\/whl|registry\.npmjs\.org|registry\.yarnpkg\.com|npm\.jsr\.io|(?:conda|repo)\.anaconda\.(?:org|com))(?:\/|$)/;

export const isUsualSource = (address: string): boolean => USUAL.test(address);

export const withoutPassword = (address: string): string => address.replace(/\/\/[^/@\s]{0,200}@/, '//…@');

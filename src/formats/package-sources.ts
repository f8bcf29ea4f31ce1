/** The indexes that installers have without being told, and those that makers of libraries give out their own wheels by. */
const USUAL =
  /^(?:https:\/\/)?(?:pypi\.org|pypi\.python\.org|files\.pythonhosted\.org|download\.pytorch\.org|pypi\.nvidia\.com|pypi\.ngc\.nvidia\.com|developer\.download\.nvidia\.com|data\.pyg\.org|download\.openmmlab\.com|storage\.googleapis\.com\/jax-releases|wheels\.vllm\.ai|flashinfer\.ai\/whl|registry\.npmjs\.org|registry\.yarnpkg\.com|npm\.jsr\.io|(?:conda|repo)\.anaconda\.(?:org|com))(?:\/|$)/;

export const isUsualSource = (address: string): boolean => USUAL.test(address);

export const withoutPassword = (address: string): string => address.replace(/\/\/[^/@\s]{0,200}@/, '//…@');

/** Hosts of code and of mirrors, which commands install from every day. */
export const KNOWN_HOSTS = String.raw`(?:[\w-]+\.)*(?:github\.com|githubusercontent\.com|gitlab\.com|github\.io|huggingface\.co|pytorch\.org|googleapis\.com|anaconda\.(?:org|com)|fbaipublicfiles\.com|paddlepaddle\.org(?:\.cn)?|kaggle\.com|mirrors\.[\w.-]+|pypi\.tuna\.tsinghua\.edu\.cn|test\.pypi\.org)\/`;
const SOURCE = new RegExp(
  String.raw`\bpip3?\s+install\b[^\n]{0,400}?\s(?:--?[a-z-]{1,20}[= ]\s{0,9})?["']?(?:\w{1,60}\s{0,3}@\s{0,3})?((?:git\+)?(?:https?|ssh|file):\/\/(?!${KNOWN_HOSTS})[^\s"']{1,300})`,
);

/** Where a command takes packages from, if that is neither an index nor a well-known host of code. */
export function installedFrom(commands: string): string | undefined {
  const from = SOURCE.exec(commands.slice(0, 1 << 20))?.[1];
  return from === undefined || isUsualSource(from) ? undefined : from;
}

import { format, named, UUID } from './define.ts';
import type { Rule } from './rule.ts';
import { base62, hex } from './samples.ts';

/** Payment, banks, shops, and coins. */
export const MONEY: readonly Rule[] = [
  format('stripe_key', 'Stripe', '(?:[sr]k_(?:live|test|prod)_|whsec_)', '[A-Za-z0-9+/]{16,250}', {
    catches: [`${'sk'}_live_${base62(24)}`, `${'rk'}_live_${base62(99)}`, `${'whsec'}_${base62(32)}`],
    passes: [`${'pk'}_live_${base62(24)}`, `sk_live_${'x'.repeat(24)}`],
  }),
  format(
    'square_token',
    'Square',
    '(?:sq0[a-z]{3}-|EAAA)',
    '(?:(?<=-)[A-Za-z0-9_-]{22,43}|(?<=EAAA)[A-Za-z0-9_+-]{60})(?![A-Za-z0-9_])',
  ),
  format(
    'paypal_braintree_token',
    'Braintree',
    'access_token\\$(?:production|sandbox)\\$',
    '[a-z0-9]{16}\\$[a-f0-9]{32}',
    {
      body: 'word',
    },
  ),
  named('paypal_secret', 'PayPal', 'paypal|braintree', 'E[A-Za-z0-9_-]{79}|A[A-Za-z0-9_-]{79}|[a-f0-9]{32}'),
  format('adyen_key', 'Adyen', 'AQE[a-z]h', '[A-Za-z0-9+/=_.*^-]{60,250}', {
    catches: [`${'AQE'}yh${base62(90)}`],
  }),
  format('plaid_token', 'Plaid', 'access-(?:sandbox|development|production)-', UUID),
  named('plaid_secret', 'Plaid', 'plaid', '[a-f0-9]{30}|[a-f0-9]{24}'),
  format('razorpay_key', 'Razorpay', 'rzp_(?:live|test)_', '[A-Za-z0-9]{14,24}'),
  format('flutterwave_key', 'Flutterwave', 'FLW(?:SECK|PUBK)(?:_TEST)?-', '[a-zA-Z0-9]{12,40}(?:-X)?'),
  named('mollie_key', 'Mollie', 'mollie', '(?:live|test)_[A-Za-z0-9]{30}'),
  named('gocardless_token', 'GoCardless', 'gocardless', 'live_[A-Za-z0-9_=-]{40}'),
  format('shopify_token', 'Shopify', 'shp(?:at|ca|pa|ss|ua|tka)_', '[a-fA-F0-9]{32,40}'),
  format('easypost_key', 'EasyPost', 'EZ[AT]K', '[A-Za-z0-9]{54}'),
  format('shippo_token', 'Shippo', 'shippo_(?:live|test)_', '[a-f0-9]{40}'),
  format('duffel_token', 'Duffel', 'duffel_(?:test|live)_', '[A-Za-z0-9_=-]{43}'),
  named('lob_key', 'Lob', 'lob', '(?:live|test)_[a-f0-9]{35}'),
  format('lago_key', 'Lago', 'lago_key-', '[a-f0-9-]{36}'),
  named('xero_secret', 'Xero', 'xero', '[A-Za-z0-9_-]{48}'),
  named('quickbooks_secret', 'QuickBooks', 'quickbooks|intuit', '[A-Za-z0-9]{40}'),
  named(
    'coinbase_secret',
    'Coinbase',
    'coinbase',
    '[A-Za-z0-9_+/-]{64}={0,2}|[A-Za-z0-9]{32}|[A-Za-z0-9+/]{86}==',
  ),
  named('binance_secret', 'Binance', 'binance', '[A-Za-z0-9]{64}'),
  named('kraken_secret', 'Kraken', 'kraken', '[A-Za-z0-9/+=]{80,90}'),
  named('kucoin_secret', 'KuCoin', 'kucoin', `${UUID}|[a-f0-9]{24}`),
  named('bybit_secret', 'Bybit', 'bybit', '[A-Za-z0-9]{36}'),
  named('bittrex_secret', 'Bittrex', 'bittrex', '[a-z0-9]{32}'),
  named('etherscan_key', 'Etherscan', 'etherscan|bscscan|polygonscan', '[A-Z0-9]{34}'),
  named('infura_key', 'Infura', 'infura', '[a-f0-9]{32}'),
  named('alchemy_key', 'Alchemy', 'alchemy', '[A-Za-z0-9_-]{32}'),
  named('ethereum_private_key', 'Ethereum', 'private_key|privatekey|wallet_key', '(?:0x)?[a-f0-9]{64}', {
    catches: [`PRIVATE_KEY=0x${hex(64)}`],
  }),
  named('coinmarketcap_key', 'CoinMarketCap', 'coinmarketcap|cmc_', UUID),
  named('alphavantage_key', 'Alpha Vantage', 'alphavantage|alpha_vantage', '[A-Z0-9]{16}'),
  named('finnhub_key', 'Finnhub', 'finnhub', '[a-z0-9]{20}'),
];

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Test material: made for these tests alone, trusted by nobody, valid for a hundred years for localhost and 127.0.0.1. */
export const TEST_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBpjYBq39LzyOvUYN
H6/MUzZJUYUvD41jjKLY6Ir0/N+hRANCAASrPoGHu84v6DW8CpRjaLAaM+hpbWfj
xcPCZcocC6T6fDy9jJVYfWjqn6EVuap/TM0L9tGH0ZufGKrkObAk6rFq
-----END PRIVATE KEY-----
`;

/** Two certificates of one key, both signed by themselves. */
export const TEST_CERTIFICATES = {
  first: `-----BEGIN CERTIFICATE-----
MIIBvjCCAWWgAwIBAgIUY7/q/FZixEaAjK5kqx1AShwQN/AwCgYIKoZIzj0EAwIw
JjEkMCIGA1UEAwwbYXdheiBmaXJzdCB0ZXN0IGNlcnRpZmljYXRlMCAXDTI2MTEy
MTIzNDg1NloYDzIxMjYxMDI4MjM0ODU2WjAmMSQwIgYDVQQDDBthd2F6IGZpcnN0
IHRlc3QgY2VydGlmaWNhdGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASrPoGH
u84v6DW8CpRjaLAaM+hpbWfjxcPCZcocC6T6fDy9jJVYfWjqn6EVuap/TM0L9tGH
0ZufGKrkObAk6rFqo28wbTAdBgNVHQ4EFgQUgZg7gz2eJFJtAscGF/MqkQYHUe8w
HwYDVR0jBBgwFoAUgZg7gz2eJFJtAscGF/MqkQYHUe8wDwYDVR0TAQH/BAUwAwEB
/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZIzj0EAwIDRwAwRAIg
PAQV8fNBfKAvxq9ijdCTbowybnPlOHLZI3S9pJj5MzQCIGBeyw3pBw43mbn09nfb
Vl5ygp4eAaeNih9/Y8khsY6v
-----END CERTIFICATE-----
`,
  second: `-----BEGIN CERTIFICATE-----
MIIBwTCCAWegAwIBAgIUNSFqLnL++uNvS2hgHLOx0iXf53swCgYIKoZIzj0EAwIw
JzElMCMGA1UEAwwcYXdheiBzZWNvbmQgdGVzdCBjZXJ0aWZpY2F0ZTAgFw0yNjEx
MjEyMzQ4NTZaGA8yMTI2MTAyODIzNDg1NlowJzElMCMGA1UEAwwcYXdheiBzZWNv
bmQgdGVzdCBjZXJ0aWZpY2F0ZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKs+
gYe7zi/oNbwKlGNosBoz6GltZ+PFw8JlyhwLpPp8PL2MlVh9aOqfoRW5qn9MzQv2
0YfRm58YquQ5sCTqsWqjbzBtMB0GA1UdDgQWBBSBmDuDPZ4kUm0CxwYX8yqRBgdR
7zAfBgNVHSMEGDAWgBSBmDuDPZ4kUm0CxwYX8yqRBgdR7zAPBgNVHRMBAf8EBTAD
AQH/MBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAKBggqhkjOPQQDAgNIADBF
AiBzt/44dNwBkLL7rBL1XmlyVrFYNJDcxOrBRR0xyyxB6AIhAMOdxYGXQuDciT0a
AZihmXtMJDFwUNdyyDxjfr9U1GUQ
-----END CERTIFICATE-----
`,
};

/** Files of a certificate and its key. */
export type TestCertificateFiles = { certFile: string; keyFile: string };

/** Writes the first test certificate and its key into a folder. */
export async function writeTestCertificate(folder: string): Promise<TestCertificateFiles> {
  const files = { certFile: join(folder, 'test-cert.pem'), keyFile: join(folder, 'test-key.pem') };
  await writeFile(files.certFile, TEST_CERTIFICATES.first);
  await writeFile(files.keyFile, TEST_KEY);
  return files;
}

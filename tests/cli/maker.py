# SPDX-License-Identifier: Apache-2.0
"""Certificates of every kind, made with openssl."""
import subprocess

SERVER = ["extendedKeyUsage=serverAuth", "subjectAltName=DNS:mail.example.org",
          "basicConstraints=CA:FALSE"]


def openssl(*args):
    done = subprocess.run(["openssl", *args], capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"openssl {args}: {done.stderr.decode()}")
    return done.stdout


class Maker:
    """A root, and certificates by it or by themselves."""

    def __init__(self, t):
        self.t = t
        self.root = self.self_signed("ca", ["basicConstraints=critical,CA:TRUE",
                                            "keyUsage=keyCertSign"], "/CN=A root")

    def key(self, kind="ec"):
        path = self.t.path(".key")
        how = {"ec": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
               "rsa2048": ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
               "p384": ["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
               "p521": ["EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
               "secp256k1": ["EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
               "p192": ["EC", "-pkeyopt", "ec_paramgen_curve:P-192"],
               "ed25519": ["ED25519"],
               "rsa2047": ["RSA", "-pkeyopt", "rsa_keygen_bits:2047"]}[kind]
        openssl("genpkey", "-algorithm", *how, "-out", path)
        return path

    @staticmethod
    def extensions(extensions):
        return [word for one in extensions for word in ("-addext", one)]

    def self_signed(self, name, extensions, subject=None, key="ec", days=90, sha="-sha256"):
        path, key = self.t.path(".pem"), self.key(key)
        config = self.t.file("[req]\ndistinguished_name=dn\n[dn]\n")
        openssl("req", "-x509", "-config", config, "-key", key, "-out", path, "-days", str(days), sha, "-subj",
                subject or f"/CN={name}", *self.extensions(extensions))
        self.keys = {**getattr(self, "keys", {}), path: key}
        return path

    def issued(self, extensions, key="ec", days=90, sha="-sha256", subject="/CN=mail.example.org", key_of=None):
        request, path, key = self.t.path(".csr"), self.t.path(".pem"), self.key(key)
        config = self.t.file("[req]\ndistinguished_name=dn\n[dn]\n")
        openssl("req", "-new", "-config", config, "-key", key, "-out", request, "-subj", subject)
        more = self.t.file("\n".join(["[v3]", *extensions]))
        openssl("x509", "-req", "-in", request, "-CA", self.root, "-CAkey", self.keys[self.root],
                "-set_serial", "7", "-days", str(days), sha, "-extfile", more, "-extensions", "v3",
                "-out", path, *self.forced(key_of))
        return path

    def forced(self, certificate):
        """Another's public key instead of the own one."""
        if not certificate:
            return []
        return ["-force_pubkey", self.t.file(openssl("x509", "-in", certificate, "-noout", "-pubkey"))]

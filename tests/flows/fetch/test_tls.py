"""Certificates are verified, for the name that was asked for."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest


@pytest.fixture
def certified(tmp_path, serve):
    """A server with a certificate of its own making for a name."""
    pytest.importorskip("cryptography", reason="makes the certificate")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    def start(name):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        file = tmp_path / f"{name}.pem"
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return serve("Site", context), file

    return start


def test_a_certificate_that_nobody_vouches_for_is_refused_once(certified, fetch, landed) -> None:
    site, _ = certified("localhost")
    facts = fetch("url", urls=[f"https://localhost:{site.port}/a"])
    assert "localhost: its certificate is not to be trusted" in facts["failed"][0]["reason"]
    assert facts["requests"] == 1
    assert facts["exit_status"] == 1
    assert site.asked == []
    assert landed() == []


def test_a_certificate_of_a_trusted_authority_is_taken(certified, fetch, answers, monkeypatch) -> None:
    site, file = certified("localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    site.routes["/a"] = answers.of(200, b"a")
    assert fetch("url", urls=[f"https://localhost:{site.port}/a"])["new"] == 1


def test_a_certificate_for_another_name_is_refused(certified, fetch, monkeypatch) -> None:
    site, file = certified("other.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert "its certificate is not to be trusted" in fetch("url", urls=[f"https://localhost:{site.port}/a"])["failed"][0]["reason"]


def test_a_redirect_from_https_to_http_is_refused(certified, fetch, answers, monkeypatch) -> None:
    site, file = certified("localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    site.routes["/a"] = answers.of(302, b"", Location=f"http://localhost:{site.port}/b")
    assert fetch("url", urls=[f"https://localhost:{site.port}/a"])["failed"][0]["reason"].startswith("a redirect leads from https to http, ")

// SPDX-License-Identifier: MIT

// Runs step-ca, out of Debian's golang-github-smallstep-certificates-dev, which packages the library and no
// program. Before it serves, it makes keys of external accounts: the library can store and check them, and makes
// none on request.
//
// usage: certmgr_step_ca CONFIG KEYS_FOLDER KEYS_EACH
//
// For each provisioner that wants external accounts, and N from 1 to KEYS_EACH, KEYS_FOLDER has then
// PROVISIONER-N.kid and PROVISIONER-N.hmac, which is base64url.
package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/smallstep/certificates/acme"
	acmeDB "github.com/smallstep/certificates/acme/db/nosql"
	"github.com/smallstep/certificates/authority/config"
	"github.com/smallstep/certificates/authority/provisioner"
	"github.com/smallstep/certificates/ca"
	"github.com/smallstep/certificates/db"
	"github.com/smallstep/nosql"
)

func main() {
	if len(os.Args) != 4 {
		fail(fmt.Errorf("usage: %s CONFIG KEYS_FOLDER KEYS_EACH", os.Args[0]))
	}
	each, err := strconv.Atoi(os.Args[3])
	if err != nil {
		fail(err)
	}
	if err := serve(os.Args[1], os.Args[2], each); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func serve(configFile, folder string, each int) error {
	cfg, err := config.LoadConfiguration(configFile)
	if err != nil {
		return err
	}
	// Only one may have the database open: what is seeded goes through the one that the CA uses.
	database, err := db.New(cfg.DB)
	if err != nil {
		return err
	}
	if err := seed(database, cfg.AuthorityConfig.Provisioners, folder, each); err != nil {
		return err
	}
	server, err := ca.New(cfg, ca.WithDatabase(database))
	if err != nil {
		return err
	}
	return server.Run()
}

func seed(database db.AuthDB, provisioners provisioner.List, folder string, each int) error {
	tables, ok := database.(nosql.DB)
	if !ok {
		return fmt.Errorf("the database holds no external accounts")
	}
	accounts, err := acmeDB.New(tables)
	if err != nil {
		return err
	}
	for _, item := range provisioners {
		issuer, ok := item.(*provisioner.ACME)
		if !ok || !issuer.RequireEAB {
			continue
		}
		// The keys are looked up by it, and a configuration file cannot set it.
		issuer.ID = issuer.GetIDForToken()
		for number := 1; number <= each; number++ {
			name := fmt.Sprintf("%s-%d", issuer.Name, number)
			if err := makeKey(accounts, issuer.ID, name, folder); err != nil {
				return err
			}
		}
	}
	return nil
}

// One that is there from an earlier start stays as it is.
func makeKey(accounts *acmeDB.DB, issuer, name, folder string) error {
	ctx := context.Background()
	_, err := accounts.GetExternalAccountKeyByReference(ctx, issuer, name)
	if err != acme.ErrNotFound {
		return err
	}
	key, err := accounts.CreateExternalAccountKey(ctx, issuer, name)
	if err != nil {
		return err
	}
	base := filepath.Join(folder, name)
	secret := base64.RawURLEncoding.EncodeToString(key.KeyBytes)
	if err := os.WriteFile(base+".hmac", []byte(secret+"\n"), 0600); err != nil {
		return err
	}
	return os.WriteFile(base+".kid", []byte(key.ID+"\n"), 0600)
}
